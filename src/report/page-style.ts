/** What every page of ours looks like: light and dark as the reader's system is, no font or file from elsewhere, fit to be printed. */
export const pageStyle = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#16202c;--soft:#5c6b7d;--line:#e3e8ee;--accent:#0f9d76;--accent2:#2f74e0;--warm:#e0822f;--shade:0 1px 2px #0f1c2e0d,0 4px 16px #0f1c2e0a}
@media(prefers-color-scheme:dark){:root{--ground:#0e1319;--card:#161d26;--ink:#e7edf4;--soft:#93a2b4;--line:#273140;--accent:#35d0a2;--accent2:#6aa5ff;--warm:#ffb067;--shade:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-font-smoothing:antialiased}
main{max-width:1180px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:30px;line-height:1.2;letter-spacing:-.02em;margin:0 0 6px}
h2{font-size:18px;letter-spacing:-.01em;margin:44px 0 14px}
h2 small{font-weight:400;color:var(--soft);font-size:14px;margin-left:8px}
p{margin:0}
.subtitle{color:var(--soft)}
.card,.chart{background:var(--card);border:1px solid var(--line);border-radius:12px;box-shadow:var(--shade);padding:18px 20px;margin:0}
.note{color:var(--soft);font-size:13.5px;margin-top:10px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px 24px;margin-top:16px}
.facts div{min-width:0}.facts dt{color:var(--soft);font-size:13px}.facts dd{margin:0;overflow-wrap:anywhere}
code,pre{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{margin:4px 0 0;padding:10px 13px;border-radius:8px;background:var(--ground);border:1px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere;user-select:all}
.commands>div+div{margin-top:14px}.commands span{color:var(--soft);font-size:13px}
details summary{cursor:pointer;font-weight:500}
details ul{margin:10px 0 0;padding-left:18px}details li{overflow-wrap:anywhere;margin:3px 0}
footer{margin-top:44px;color:var(--soft);font-size:13px}
@media(max-width:860px){main{padding:26px 14px 44px}}
@media print{body{background:#fff}.card,.chart{box-shadow:none;break-inside:avoid}}
`;
