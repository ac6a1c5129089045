import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';

type Props = {
  className: string;
  title: string;
  /** name for screen readers; the title by default */
  label?: string;
  /** before the title */
  mark?: ReactNode;
  /** after the title, such as a state */
  chip?: ReactNode;
  /** whether opening it moves the focus to its title, because it replaces what had the focus */
  takesFocus?: boolean;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
} & Record<`data-${string}`, string | number>;

/** Card in the side column about what is selected. */
export function SideCard({
  className,
  title,
  label = title,
  mark,
  chip,
  takesFocus = false,
  closeLabel,
  onClose,
  children,
  ...data
}: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  return (
    <section className={`side-card ${className}`} aria-label={label} {...data}>
      <header>
        {mark !== undefined && <span className="side-card-part">{mark}</span>}
        <h2 ref={heading} tabIndex={takesFocus ? -1 : undefined}>
          {title}
        </h2>
        {chip !== undefined && <span className="side-card-part">{chip}</span>}
        <button type="button" className="icon-button" aria-label={closeLabel} onClick={onClose}>
          <X size={18} aria-hidden />
        </button>
      </header>
      {children}
    </section>
  );
}
