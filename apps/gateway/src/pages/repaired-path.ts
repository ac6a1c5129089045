/** Path of a page or of a shared trip, and what follows it. */
const PAGE = /^\/([a-z]+)([^a-z].*)$/;
const LINK = /^\/share\/([A-Za-z0-9_-]{32})(.+)$/;
/** Text that chat apps, e-mail programs and people append to a link: a slash, punctuation, brackets, quotation marks. */
const APPENDED = /^[^A-Za-z0-9?#]+$/;

/**
 * Repairs the path of a link to a page to which something was appended, such as the full stop at the end of a sentence.
 * @param path as requested, percent-encoded
 * @param pages names of the pages
 * @returns the right path; null if there is nothing to repair
 */
export function repairedPath(path: string, pages: readonly string[]): string | null {
  const [, token, afterToken] = LINK.exec(path) ?? [];
  if (token !== undefined) return isAppended(afterToken!) ? `/share/${token}` : null;
  const [, page, afterPage] = PAGE.exec(path) ?? [];
  return page !== undefined && pages.includes(page) && isAppended(afterPage!) ? `/${page}` : null;
}

function isAppended(text: string): boolean {
  try {
    return APPENDED.test(decodeURIComponent(text));
  } catch {
    return false;
  }
}
