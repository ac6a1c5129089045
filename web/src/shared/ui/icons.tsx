import type { ReactNode } from 'react';

// Icons of the first screens. They are drawn here because the icon library would add over 1 kB to each page.

const Icon = ({ children, size = 18 }: { children: ReactNode; size?: number }) => (
  <svg
    className="icon"
    width={size}
    height={size}
    viewBox="0 0 18 18"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

export const Plus = () => (
  <Icon>
    <path d="M9 3.5v11M3.5 9h11" />
  </Icon>
);

export const Minus = () => (
  <Icon>
    <path d="M3.5 9h11" />
  </Icon>
);

const Ring = ({ children, size }: { children?: ReactNode; size: number }) => (
  <Icon size={size}>
    <circle cx="9" cy="9" r="4.5" />
    <path d="M9 1.5v3M9 13.5v3M1.5 9h3M13.5 9h3" />
    {children}
  </Icon>
);

export const Target = () => <Ring size={16} />;

export const MyLocation = () => (
  <Ring size={19}>
    <circle cx="9" cy="9" r="1.4" />
  </Ring>
);

export const Globe = () => (
  <Icon>
    <path d="M2 9h14M9 2a7 7 0 1 0 0 14A7 7 0 0 0 9 2c4 4 4 10 0 14-4-4-4-10 0-14" />
  </Icon>
);

export const Search = () => (
  <Icon size={16}>
    <circle cx="8" cy="8" r="5" />
    <path d="M12 12l4 4" />
  </Icon>
);

export const Bell = () => (
  <Icon>
    <path d="M4 13V8.5a5 5 0 0 1 10 0V13l1 1H3zM7.6 16.4h2.8" />
  </Icon>
);

export const NoSignal = () => (
  <Icon size={15}>
    <path d="M2 2l14 14M6 11.2a4.2 4.2 0 0 1 4.4-.9M3.2 8.4a8 8 0 0 1 2.6-1.7M9.4 5.7a8 8 0 0 1 5.4 2.7M9 14.4v.1" />
  </Icon>
);

export const Mark = () => (
  <svg className="mark" width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
    <path className="mark-hex" d="M16 1.5 28.6 8.75v14.5L16 30.5 3.4 23.25V8.75Z" />
    <path className="mark-arrow" d="M16 8.2 22.2 23 16 19.9 9.8 23Z" />
  </svg>
);
