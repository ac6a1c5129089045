import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/map.css';
import './styles/board.css';
import './styles/desk.css';
import { Board } from './apps/dispatch/Board.js';
import { openBoard } from './apps/dispatch/session.js';

createRoot(document.getElementById('root')!).render(<Board session={openBoard()} />);
