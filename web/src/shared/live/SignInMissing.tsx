import { TEXTS } from './sign-in-texts.js';
import { isStorageBlocked } from './storage.js';

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
