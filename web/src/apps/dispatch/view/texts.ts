export const TEXTS = {
  keys: 'Keyboard shortcuts',
  close: 'Close',
  save: (name: string) => `Save this view as “${name}”`,
  open: (name: string) => `Show view: ${name}`,
  delete: (name: string) => `Delete view: ${name}`,
} as const;

export const KEYS = [
  ['Ctrl K', 'Search and commands'],
  ['/', 'Search the list'],
  ['j', 'Select the next vehicle'],
  ['k', 'Select the previous vehicle'],
  ['Space', 'Pick the vehicle for a common action, in the list'],
  ['Ctrl Enter', 'Confirm a dialog'],
  ['Esc', 'End the replay or the selection'],
  ['?', 'Show these shortcuts'],
] as const;
