/** Texts of the share dialog, which loads when it is first opened. */
export const TEXTS = {
  title: 'Share your trip',
  hint: 'Anyone with the link can see where the car is and when it arrives, until the trip ends.',
  places: 'Also show pick-up, destination and route',
  create: 'Create link',
  link: 'Link to your trip',
  copy: 'Copy link',
  copied: 'Copied',
  send: 'Send link',
  stop: 'Stop sharing',
  message: 'Follow my trip',
  back: 'Back',
} as const;
