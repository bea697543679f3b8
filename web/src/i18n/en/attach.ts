export default {
  drop: 'Drop files or folders here', kinds: 'DICOM, ZIP, PDF, JPEG, PNG', files: 'Choose files', folder: 'Choose a folder', none: 'Nothing attached yet.', documents: 'Documents', no_date: 'no date',
  progress: 'Upload progress', total: 'Total progress', total_words: '{{done}} of {{count}} files, {{sent}} of {{total}}', failed_count: '{{count}} failed',
  cancel: 'Cancel', cancel_one: 'Cancel {{name}}', cancel_all: 'Cancel all', retry: 'Try again', retry_one: 'Try {{name}} again', retry_all: 'Try failed again', clear: 'Clear the list',
  more: '{{count}} more files', duplicate: 'was here already', images: '{{count}} images', refused_within: '{{count}} files not taken', patient_differs: 'Patient in the file differs',
  missing: '{{count}} files had not arrived when the page was reloaded. Choose the same files or folder again; what has arrived is not sent twice.',
  held: '{{count}} files name another patient and wait for your decision.', decide: 'Decide now',
  state: { waiting: 'waiting', sending: 'sending', reading: 'being read', done: 'received', held: 'confirm the patient', failed: 'failed', cancelled: 'cancelled' },
  mismatch: 'The patient in the file is not the patient of this case', mismatch_words: '{{count}} files have not been added to the case. Compare:', in_file: 'In the file', in_case: 'In the case', differs: 'differs',
  field: { name: 'Name', sex: 'Sex', birth_date: 'Date of birth', identifier: 'Identifier' }, sex: { male: 'male', female: 'female', other: 'other', unknown: 'unknown' },
  reason: 'Why this is the same person (required; it is recorded)', reason_hint: 'For example: the name was misspelt in the old system; identity card checked', mismatch_keep: 'Same person: add {{count}} files', mismatch_drop: 'Another person: drop {{count}} files',
  why: {
    'not-dicom': 'Not a DICOM, ZIP, PDF, JPEG or PNG file', 'dicom-truncated': 'The file is cut short; export it again', 'dicom-damaged': 'The file is damaged; export it again', 'dicom-incomplete': 'It lacks the numbers of its study or series',
    'dicom-directory': 'The directory of a disc, not an image', 'dicom-too-large': 'Its header is too large', unreadable: 'It cannot be read', empty: 'The file is empty', 'document-too-large': 'The document is too large', 'differs-from-stored': 'The same image is here with other content; it was not replaced',
    'archive-damaged': 'The archive is damaged or encrypted', 'archive-unsafe-name': 'The archive holds unsafe paths (such as ../) and was refused', 'archive-too-large': 'The archive is too large once unpacked', 'archive-nested': 'An archive inside the archive; unpack it first', 'archive-empty': 'The archive is empty', other: 'This file cannot be used',
  },
};
