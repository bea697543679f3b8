export default { tab: { record: 'Record', files: 'Images', opinion: 'Opinion', talk: 'Talk & log' } };
