import { count } from '../../../shared/ui/format.js';

export const TEXTS = {
  title: 'Open trips',
  none: 'No open trips',
  noDriver: 'no driver yet',
  more: (n: number) => `Show ${count(n)} more`,
} as const;
