import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Role } from '#protocol';
import { type PageTexts, speak } from '../i18n/speak.js';
import { identity } from './identity.js';
import { type Identity, isSignInMissing } from './sign-in.js';

/** Renders a page in the language of its signed-in user, or says that the sign-in is missing. */
export async function openPage(
  role: Role,
  texts: PageTexts,
  page: (identity: Identity) => ReactNode | Promise<ReactNode>,
): Promise<void> {
  const root = createRoot(document.getElementById('root')!);
  const spoken = speak(texts);
  try {
    const user = await identity(role);
    await spoken;
    root.render(await page(user));
  } catch (error) {
    if (!isSignInMissing(error)) throw error;
    await spoken;
    const { SignInMissing } = await import('./SignInMissing.js');
    root.render(<SignInMissing />);
  }
}
