import 'uplot/dist/uPlot.min.css';
import './page.css';
import { render } from 'preact';
import { App } from './app.js';
import { openSource } from './data/open-source.js';

const place = document.getElementById('page');
if (place !== null) render(<App source={openSource()} />, place);
