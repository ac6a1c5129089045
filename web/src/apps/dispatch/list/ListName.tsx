/** Longer names may be cut, before these last characters. */
const LONG = 20;
const END = 8;

/** Name in a row of a list. One that is cut keeps its end, where long names often differ. */
export const ListName = ({ name, className }: { name: string; className: string }) => {
  const cutAt = name.length > LONG ? -END : name.length;
  return (
    <span className={`list-name ${className}`} title={name}>
      <span>{name.slice(0, cutAt)}</span>
      <span>{name.slice(cutAt)}</span>
    </span>
  );
};
