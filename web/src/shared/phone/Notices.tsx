import { Suspense } from 'react';
import { lazyWithRetry } from '../ui/lazy-with-retry.js';
import type { Props } from './NoticeCards.js';

const NoticeCards = lazyWithRetry(() => import('./NoticeCards.js'));

/** Messages from dispatch. Their cards load with the first message. */
export const Notices = (props: Props) => (
  <div className="notices" role="status">
    {props.notices.length > 0 && (
      <Suspense>
        <NoticeCards {...props} />
      </Suspense>
    )}
  </div>
);
