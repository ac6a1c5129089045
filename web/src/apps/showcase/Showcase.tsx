import { useState } from 'react';
import { useStore } from '../../shared/ui/hooks.js';
import { Mark } from '../../shared/ui/icons.js';
import { Figures } from './Figures.js';
import { Frame } from './Frame.js';
import { Steps } from './Steps.js';
import type { Session, Side } from './session.js';
import { TEXTS } from './texts.js';

const SIDES: Side[] = ['rider', 'driver', 'dispatch'];

/** The three apps side by side, or one at a time on a phone. */
export function Showcase({ session }: { session: Session }) {
  const refused = useStore(session.$refused);
  const [side, setSide] = useState<Side>('rider');
  return (
    <div className="showcase">
      <header className="showcase-head">
        <h1>
          <Mark />
          {TEXTS.name}
        </h1>
        <p className="claim">{TEXTS.claim}</p>
        <ConnectionChip session={session} />
        <Figures $numbers={session.$numbers} />
      </header>
      {refused ? (
        <p className="panel notice" role="status">
          {TEXTS.needsDemo}
        </p>
      ) : (
        <>
          <Steps $played={session.$played} $plays={session.$plays} />
          <nav className="sides" aria-label={TEXTS.sides}>
            {SIDES.map((name) => (
              <button
                key={name}
                type="button"
                className="side"
                aria-pressed={name === side}
                onClick={() => setSide(name)}
              >
                {TEXTS.frames[name].name}
              </button>
            ))}
          </nav>
          <main className="frames">
            {SIDES.map((name) => (
              <Frame
                key={name}
                side={name}
                address={session.addresses[name]}
                token={session.tokens[name]}
                isPicked={name === side}
              />
            ))}
          </main>
        </>
      )}
    </div>
  );
}

const ConnectionChip = ({ session }: { session: Session }) => (
  <p
    className="chip connection-chip"
    data-tone="warn"
    role="status"
    hidden={useStore(session.$connection) === 'up'}
  >
    {TEXTS.offline}
  </p>
);
