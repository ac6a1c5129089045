import { readFile, writeFile } from 'node:fs/promises';
import { withTables } from '#protocol/docs';

/** Replaces the marked parts of a Markdown file by what was measured. @throws {Error} when the file lacks a part */
export async function writeParts(file: string, parts: Record<string, string>): Promise<void> {
  await writeFile(file, withTables(await readFile(file, 'utf8'), parts));
}
