import { useStore } from '@nanostores/react';
import { atom } from 'nanostores';
import { Suspense } from 'react';
import { Globe } from '../ui/icons.js';
import { lazyWithRetry } from '../ui/lazy-with-retry.js';
import { TEXTS } from '../ui/texts.js';

const Settings = lazyWithRetry(() => import('./Settings.js'));

/** Whether the dialog is open, of which a page has one. */
export const $showsSettings = atom(false);

/** Opens the choice of language, units and clock, which loads then. */
export function SettingsButton({ className }: { className: string }) {
  const isOpen = useStore($showsSettings);
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={TEXTS.settings}
        title={TEXTS.settings}
        onClick={() => $showsSettings.set(true)}
      >
        <Globe />
      </button>
      {isOpen && (
        <Suspense>
          <Settings onClose={() => $showsSettings.set(false)} />
        </Suspense>
      )}
    </>
  );
}
