export default {
  title: 'Figures', span: 'Time span', days: 'Last {{n}} days', from: 'From', to: 'To', consulted: 'Cases consulted', unit: 'consultations', patients: '{{n}} patients', rule: 'The rule', version: '{{code}}, version {{version}}',
  daily: 'By day', bar: '{{day}}: {{n}}', open: 'Show these cases', hide: 'Hide the cases', cases: 'Cases counted', none: 'No case is counted in this time', number: 'Number', at: 'Completed', asking: 'Asking hospital', advising: 'Advising hospital',
  differs: '{{listed}} listed, {{counted}} counted: something was just added. Please refresh.',
};
