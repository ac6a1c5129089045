import { useState } from 'react';
import { SettingsButton } from '../../shared/i18n/SettingsButton.js';
import { useStore } from '../../shared/ui/hooks.js';
import { Mark } from '../../shared/ui/icons.js';
import { Figures } from './Figures.js';
import { Frame } from './Frame.js';
import { QuickStart } from './QuickStart.js';
import { Steps } from './Steps.js';
import type { Session, Side } from './session.js';
import { TEXTS } from './texts.js';

const SIDES: Side[] = ['rider', 'driver', 'dispatch'];

/** The three apps side by side, or one at a time on a phone. */
export function Showcase({ session }: { session: Session }) {
  const refused = useStore(session.$refused);
  const { trip } = useStore(session.$played);
  const [side, setSide] = useState<Side>('rider');
  return (
    <div className="showcase">
      <header className="showcase-head">
        <h1>
          <Mark />
          {TEXTS.name}
        </h1>
        <p className="claim">{TEXTS.claim}</p>
        <Links />
        <ConnectionChip session={session} />
        <SettingsButton className="icon-button" />
        <Figures $numbers={session.$numbers} />
      </header>
      {refused ? (
        <main className="panel notice">
          <p role="status">{TEXTS.needsDemo}</p>
        </main>
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
                selects={name === 'dispatch' ? session.selects(trip) : undefined}
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

declare const __REPOSITORY__: string | null;

/** The build knows the address of the repository from package.json. */
const Links = () => (
  <nav className="about" aria-label={TEXTS.links}>
    <QuickStart />
    {__REPOSITORY__ !== null && (
      <>
        <a href={`${__REPOSITORY__}/tree/main/docs`}>{TEXTS.docs}</a>
        <a href={__REPOSITORY__}>{TEXTS.source}</a>
      </>
    )}
    <a href="/api/docs">{TEXTS.api}</a>
  </nav>
);

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
