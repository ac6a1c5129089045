import { useFieldText } from './field-text.js';

type Props = { label: string; value: number; max: number; onChange: (value: number) => void };

/** Field for a latitude or longitude, which is written when it is left and valid. */
export function CoordinateField({ label, value, max, onChange }: Props) {
  const { text, type, done } = useFieldText(String(value));
  const next = Number(text);
  const isValid = text.trim() !== '' && Number.isFinite(next) && Math.abs(next) <= max;
  const write = () => {
    if (isValid && next !== value) onChange(next);
    done();
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      className="zone-coordinate"
      aria-label={label}
      aria-invalid={!isValid}
      value={text}
      onChange={({ target }) => type(target.value)}
      onBlur={write}
      onKeyDown={({ key }) => key === 'Enter' && write()}
    />
  );
}
