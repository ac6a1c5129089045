import { ChevronsRight } from 'lucide-react';
import { useRef, useState } from 'react';

type Props = { label: string; disabled: boolean; onSlide: () => void };

const FULL = 100;
/** A finger that is lifted near the end meant the end. */
const ENOUGH = 90;
/** A drag begins on the handle, of this width in px: the browser would also take the slider to where the track is tapped. */
const HANDLE_PX = 76;

/**
 * Slider that acts once it is released at its end, because a tap can happen in a pocket. It is a native range input: with a
 * keyboard or a screen reader, it acts as soon as it is there.
 */
export function SlideButton({ label, disabled, onSlide }: Props) {
  const [at, setAt] = useState(0);
  const drag = useRef<'none' | 'valid' | 'ignored'>('none');
  const changed = (value: number) => {
    if (drag.current === 'ignored') return;
    if (drag.current === 'valid' || value < FULL) setAt(value);
    else act();
  };
  const act = () => {
    setAt(0);
    onSlide();
  };
  return (
    <div className="slide" data-disabled={disabled}>
      <span aria-hidden="true">{label}</span>
      <input
        type="range"
        min={0}
        max={FULL}
        value={at}
        disabled={disabled}
        aria-label={label}
        aria-valuetext={label}
        onPointerDown={({ currentTarget, nativeEvent: { offsetX } }) => {
          const isReversed = getComputedStyle(currentTarget).direction === 'rtl';
          const fromStart = isReversed ? currentTarget.clientWidth - offsetX : offsetX;
          drag.current = fromStart > HANDLE_PX ? 'ignored' : 'valid';
        }}
        onPointerUp={() => {
          drag.current = 'none';
          if (at >= ENOUGH) act();
          else setAt(0);
        }}
        onPointerCancel={() => {
          drag.current = 'none';
          setAt(0);
        }}
        onChange={({ currentTarget }) => changed(Number(currentTarget.value))}
        onBlur={() => setAt(0)}
      />
      <ChevronsRight size={24} aria-hidden />
    </div>
  );
}
