import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@components/app';
import { StudioProvider } from '@state/context';
import { seed } from '@state/seed';
import './styles/tokens.css';
import './styles/base.css';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no element with the id root');

createRoot(root).render(
  <StrictMode>
    <StudioProvider initial={seed}>
      <App />
    </StudioProvider>
  </StrictMode>,
);
