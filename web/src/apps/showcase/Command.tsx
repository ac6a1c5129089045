import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { TEXTS } from './texts.js';

type Props = { command: string; effect: string };

/** A command for a terminal, with a button that copies it. */
export function Command({ command, effect }: Props) {
  const [isCopied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => {},
    );
  return (
    <div className="command">
      <code>{command}</code>
      {/* The clipboard API needs HTTPS or localhost. Without it a click on the command selects all of it. */}
      {'clipboard' in navigator && (
        <button
          type="button"
          className="icon-button"
          aria-label={TEXTS.copies(command)}
          title={TEXTS.copies(command)}
          onClick={() => void copy()}
        >
          {isCopied ? <Check size={18} aria-hidden="true" /> : <Copy size={18} aria-hidden="true" />}
        </button>
      )}
      <p>{effect}</p>
      <span className="sr-only" role="status">
        {isCopied ? TEXTS.copied : ''}
      </span>
    </div>
  );
}
