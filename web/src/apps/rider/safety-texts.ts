/** Texts of help during a trip. */
export const TEXTS = {
  title: 'Safety',
  back: 'Back',
  share: 'Share your trip',
  shareHint: 'Others can follow your car live.',
  call: (number: string) => `Call ${number}`,
  callHint: 'For police, fire or an ambulance.',
  report: 'Report a problem',
  reportHint: 'Dispatch sees it at once, with where your car is.',
  kind: 'What happened?',
  details: 'Details (optional)',
  send: 'Send report',
  sent: 'Your report was sent to dispatch.',
  failed: 'Your report wasn’t sent. Try again.',
} as const;

/** Kinds of incidents that a rider can report. */
export const KINDS = {
  accident: 'Accident',
  threat: 'I don’t feel safe',
  other: 'Something else',
} as const;
