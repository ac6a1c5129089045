import { Navigation } from 'lucide-react';
import type { Position } from '#protocol';
import { NAVIGATE } from './texts.js';

/** Links that open a place in the navigation app of the phone. */
export function Navigate({ to: { lat, lng } }: { to: Position }) {
  const at = `${lat},${lng}`;
  const links = [
    { name: NAVIGATE.phone, href: `geo:${at}?q=${at}` },
    {
      name: NAVIGATE.google,
      href: `https://www.google.com/maps/dir/?api=1&travelmode=driving&destination=${at}`,
    },
    { name: NAVIGATE.waze, href: `https://waze.com/ul?ll=${at}&navigate=yes` },
  ];
  return (
    <details className="navigate" name="driver-more">
      <summary className="action">
        <Navigation size={20} aria-hidden />
        {NAVIGATE.open}
      </summary>
      <ul aria-label={NAVIGATE.list}>
        {links.map(({ name, href }) => (
          <li key={name}>
            <a href={href} target="_blank" rel="noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
