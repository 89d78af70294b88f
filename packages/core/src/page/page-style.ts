/** The style sheet of a report: readable without colours, light or dark as the reader's system is. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c2024; --faint: #667079; --line: #dde1e5; --panel: #f6f7f8;
  --signal: #2f6fb3; --second: #c98a1b; --quiet: #e7eaed; --against: #b8433a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15181b; --text: #e4e7ea; --faint: #97a1aa; --line: #31373d; --panel: #1d2125;
    --signal: #6aa5e3; --second: #dca94a; --quiet: #2b3136; --against: #e0776e; }
}
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; }
.faint { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
td svg { display: block; margin-top: .2rem; }
svg rect.signal { fill: var(--signal); } svg rect.second { fill: var(--second); }
svg rect.quiet { fill: var(--quiet); } svg rect.against { fill: var(--against); }
svg line.axis { stroke: var(--faint); stroke-width: 1; }
.key { display: inline-block; width: .7rem; height: .7rem; margin: 0 .3rem 0 .9rem; }
.key.signal { background: var(--signal); } .key.second { background: var(--second); }
.key.quiet { background: var(--quiet); } .key.against { background: var(--against); }
article { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
pre { margin: .5rem 0; padding: .5rem .75rem; background: var(--panel); white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.45 ui-monospace, monospace; }
`;
