import { useId } from 'react';
import { decimal } from '../../../../shared/ui/format.js';
import { choiceLabel, fieldLabel, shownValue, unitOf, withUnit } from '../rule-texts.js';
import { Switch } from '../Switch.js';
import { useFieldText } from './field-text.js';
import { type NumberRule, problemOf, type Rule, shownLimits, storedValue } from './rules.js';
import { TEXTS } from './texts.js';

type Props = { rule: Rule; value: unknown; onChange: (value: unknown) => void };

/** Field of one rule: a number with its unit and limits, a switch, or a choice of several. */
export function RuleField({ rule, value, onChange }: Props) {
  if (rule.type === 'number') return <NumberField rule={rule} value={Number(value)} onChange={onChange} />;
  if (rule.type === 'flag')
    return <Switch label={fieldLabel(rule.name)} isOn={value === true} onChange={onChange} />;
  const chosen = (value ?? rule.fallback) as string[];
  return (
    <fieldset className="zone-choice">
      <legend>{fieldLabel(rule.name)}</legend>
      {rule.choices.map((name) => {
        const isChosen = chosen.includes(name);
        return (
          <label key={name} className="filter-chip" data-chosen={isChosen}>
            <input
              type="checkbox"
              checked={isChosen}
              // One must remain.
              disabled={isChosen && chosen.length === 1}
              onChange={() => onChange(isChosen ? chosen.filter((each) => each !== name) : [...chosen, name])}
            />
            <span>{choiceLabel(name)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

type NumberProps = { rule: NumberRule; value: number; onChange: (value: number) => void };

function NumberField({ rule, value, onChange }: NumberProps) {
  const { name, step } = rule;
  const { min, max, fallback } = shownLimits(rule);
  const shown = shownValue(name, value);
  const { text, type, done } = useFieldText(String(shown));
  const hint = useId();
  const problem = problemOf(rule, text);
  const write = () => {
    if (problem !== null) return;
    if (Number(text) !== shown) onChange(storedValue(name, Number(text)));
    done();
  };
  return (
    <div className="zone-field">
      <label>
        <span>{fieldLabel(name)}</span>
        <span className="zone-number">
          <input
            type="number"
            inputMode="decimal"
            min={min}
            max={max}
            step={step}
            value={text}
            aria-invalid={problem !== null}
            aria-describedby={hint}
            onChange={({ target }) => type(target.value)}
            onBlur={write}
            onKeyDown={({ key }) => key === 'Enter' && write()}
          />
          <span aria-hidden>{unitOf(name)}</span>
        </span>
      </label>
      <span id={hint} className={problem === null ? 'zone-limits' : 'zone-problem'} role="status">
        {problem ?? TEXTS.limits(decimal(min), withUnit(name, decimal(max)), decimal(fallback))}
      </span>
    </div>
  );
}
