/**
 * Writes generated tables into a Markdown text, each between `<!-- name:begin … -->` and `<!-- name:end -->`.
 * @throws {Error} when the text has no such markers
 */
export function withTables(markdown: string, tables: Record<string, string>): string {
  let text = markdown;
  for (const [name, table] of Object.entries(tables)) {
    const place = new RegExp(`(<!-- ${name}:begin[^\\n]*-->\\n)[^]*?(<!-- ${name}:end -->)`);
    if (!place.test(text)) throw new Error(`There are no markers for the table ${name}`);
    text = text.replace(place, (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`);
  }
  return text;
}
