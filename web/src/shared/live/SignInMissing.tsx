import { isStorageBlocked } from './storage.js';

const TEXTS = {
  title: 'You are not signed in',
  text: 'Sign in with your operator, then open this page again.',
  blocked:
    'This page keeps your sign-in in this tab. Allow cookies and site data for it, then sign in again.',
  reload: 'Reload',
};

/** The whole page where nobody is signed in. */
export const SignInMissing = () => (
  <main className="sign-in">
    <div className="panel notice" role="status">
      <h1>{TEXTS.title}</h1>
      <p>{isStorageBlocked() ? TEXTS.blocked : TEXTS.text}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {TEXTS.reload}
      </button>
    </div>
  </main>
);
