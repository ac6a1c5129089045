import '../../styles/settings.css';
import { useEffect, useRef, useState } from 'react';
import { storedHere, storeHere } from '../live/storage.js';
import { CHOICES, LANGUAGES } from './locale.js';
import { TEXTS } from './texts.js';

type Choice = keyof typeof CHOICES;

/** Each language by its own name, so that its speakers find it. */
const NAMES: Record<(typeof LANGUAGES)[number], string> = { en: 'English', es: 'Español' };

const optionsOf = (): Record<Choice, ReadonlyArray<readonly [value: string, name: string]>> => ({
  language: LANGUAGES.map((language) => [language, NAMES[language]]),
  units: [
    ['metric', TEXTS.metric],
    ['imperial', TEXTS.imperial],
  ],
  clock: [
    ['h23', TEXTS.h23],
    ['h12', TEXTS.h12],
  ],
});

/** Dialog in which a user chooses language, units and clock for all pages in this browser. */
export default function Settings({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [chosen, setChosen] = useState(() => ({
    language: storedHere(CHOICES.language) ?? '',
    units: storedHere(CHOICES.units) ?? '',
    clock: storedHere(CHOICES.clock) ?? '',
  }));
  const [isBlocked, setBlocked] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const options = optionsOf();
  const save = () => {
    const names = Object.keys(CHOICES) as Choice[];
    // Texts and formats are fixed when a page loads: some are outside of its components, as on the map.
    if (names.every((name) => storeHere(CHOICES[name], chosen[name]))) location.reload();
    else setBlocked(true);
  };
  return (
    <dialog ref={dialog} className="settings" aria-labelledby="settings-title" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <h2 id="settings-title">{TEXTS.title}</h2>
        {(Object.keys(options) as Choice[]).map((name) => (
          <label key={name} className="dialog-field">
            <span>{TEXTS[name]}</span>
            <select
              value={chosen[name]}
              onChange={({ target }) => setChosen({ ...chosen, [name]: target.value })}
            >
              <option value="">{TEXTS.automatic}</option>
              {options[name].map(([value, text]) => (
                <option key={value} value={value} lang={name === 'language' ? value : undefined}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        ))}
        <p role="status">{isBlocked ? TEXTS.blocked : TEXTS.hint}</p>
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {TEXTS.cancel}
          </button>
          <button type="submit" className="button button-primary">
            {TEXTS.save}
          </button>
        </div>
      </form>
    </dialog>
  );
}
