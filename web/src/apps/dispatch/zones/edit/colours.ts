/** Colours of dispatchers, legible with white text and apart from each other also without red-green vision. */
const COLOURS = ['#0b67a8', '#8a3f7c', '#a14a00', '#3d5a00', '#006d6d', '#5b4bb5', '#9b1c4a', '#4d5560'];

/** Returns the colour of a dispatcher, the same in every window. */
export function colourOf(userId: string): string {
  let hash = 0;
  for (const letter of userId) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return COLOURS[hash % COLOURS.length]!;
}

/** Returns one or two letters for a name. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const [first = '?', second] = words;
  return `${first[0]!}${second?.[0] ?? first[1] ?? ''}`.toUpperCase();
}
