import './nonce.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './panel.css';

createRoot(document.querySelector('#root')!).render(<App />);
