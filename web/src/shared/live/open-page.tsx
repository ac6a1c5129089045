import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Role } from '#protocol';
import { identity } from './identity.js';
import { type Identity, isSignInMissing } from './sign-in.js';

/** Renders a page for its signed-in user, or says that the sign-in is missing. */
export async function openPage(role: Role, page: (identity: Identity) => ReactNode): Promise<void> {
  const root = createRoot(document.getElementById('root')!);
  try {
    root.render(page(await identity(role)));
  } catch (error) {
    if (!isSignInMissing(error)) throw error;
    const { SignInMissing } = await import('./SignInMissing.js');
    root.render(<SignInMissing />);
  }
}
