import { createRoot } from 'react-dom/client';
import '../ui/app.css';
import { showTheme, storedPreferences } from '../state/preferences/slice.ts';
import { App } from './app.tsx';

// Before anything is drawn.
showTheme(storedPreferences().theme);

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
