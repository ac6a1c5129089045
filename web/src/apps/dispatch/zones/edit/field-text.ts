import { useState } from 'react';

/** Text of a field: follows its value, which others may change, except while it is being typed. */
export function useFieldText(value: string) {
  const [typed, setTyped] = useState<string | null>(null);
  return { text: typed ?? value, type: setTyped, done: () => setTyped(null) };
}
