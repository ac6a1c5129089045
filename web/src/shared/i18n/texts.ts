/** Texts of the dialog for language, units and clock. */
export const TEXTS = {
  title: 'Language and units',
  language: 'Language',
  units: 'Distances',
  clock: 'Time',
  automatic: 'As in the browser',
  metric: 'Kilometres',
  imperial: 'Miles',
  h23: '24 hours, 17:30',
  h12: '12 hours, 5:30 pm',
  hint: 'The page loads again with your choice.',
  cancel: 'Cancel',
  save: 'Save',
  blocked: 'This browser blocks site data, so the choice can’t be saved.',
} as const;
