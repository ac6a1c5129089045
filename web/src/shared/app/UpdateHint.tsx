import { createRoot } from 'react-dom/client';
import './app.css';
import { TEXTS } from './texts.js';

let isShown = false;

/** Says once that a new version opens with the next load of the page. */
export function showUpdateHint(): void {
  if (isShown) return;
  isShown = true;
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  root.render(
    <UpdateHint
      onClose={() => {
        root.unmount();
        place.remove();
      }}
    />,
  );
}

const UpdateHint = ({ onClose }: { onClose: () => void }) => (
  <div className="panel update-hint" role="status">
    <p>{TEXTS.update}</p>
    <button type="button" className="button" onClick={() => location.reload()}>
      {TEXTS.reload}
    </button>
    <button type="button" className="button" onClick={onClose}>
      {TEXTS.later}
    </button>
  </div>
);
