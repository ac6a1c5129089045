import { useState } from 'react';

type Props = {
  name: string;
  /** https address; null without a photo */
  photoUrl: string | null;
};

/** Photo of a driver; the initial without one, and while it does not load. */
export function DriverFace({ name, photoUrl }: Props) {
  const [hasFailed, setFailed] = useState(false);
  if (photoUrl === null || hasFailed)
    return (
      <span className="driver-face" aria-hidden>
        {name.replace(/[^\p{L}\p{N}]/gu, '').slice(0, 1)}
      </span>
    );
  return (
    <img
      className="driver-face"
      src={photoUrl}
      alt=""
      width={44}
      height={44}
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setFailed(true)}
    />
  );
}
