type Props = { label: string; isOn: boolean; onChange: (isOn: boolean) => void };

/** Switch with its label. */
export const Switch = ({ label, isOn, onChange }: Props) => (
  <label className="zone-switch">
    <input
      type="checkbox"
      role="switch"
      aria-checked={isOn}
      checked={isOn}
      onChange={({ target }) => onChange(target.checked)}
    />
    <span>{label}</span>
  </label>
);
