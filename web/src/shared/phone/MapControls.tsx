import type { Camera } from '../map/camera.js';
import { NotificationButton } from '../notifications/NotificationButton.js';
import type { NotificationUser } from '../notifications/NotificationSettings.js';
import { Minus, Plus, Target } from '../ui/icons.js';
import { TEXTS } from './texts.js';

type Props = {
  camera: Camera;
  /** hides the button */
  isCentred: boolean;
  onRecentre: () => void;
  user: NotificationUser;
};

export const MapControls = ({ camera, isCentred, onRecentre, user }: Props) => (
  <>
    {!isCentred && (
      <button type="button" className="panel recentre" onClick={onRecentre}>
        <Target />
        {TEXTS.recentre}
      </button>
    )}
    <div className="controls">
      <NotificationButton user={user} />
      <button type="button" aria-label={TEXTS.zoomIn} onClick={() => camera.zoomBy(1)}>
        <Plus />
      </button>
      <button type="button" aria-label={TEXTS.zoomOut} onClick={() => camera.zoomBy(-1)}>
        <Minus />
      </button>
    </div>
  </>
);
