/** Texts of the page where nobody is signed in. */
export const TEXTS = {
  title: 'You are not signed in',
  text: 'Sign in with your operator, then open this page again.',
  blocked:
    'This page keeps your sign-in in this tab. Allow cookies and site data for it, then sign in again.',
  reload: 'Reload',
} as const;
