/** What `report.html` has beyond the style that all pages share. */
export const trainingStyle = `
.top{display:grid;grid-template-columns:minmax(240px,300px) 1fr;gap:16px;margin-top:26px}
.score{display:flex;flex-direction:column;justify-content:center;background:linear-gradient(150deg,#0b8f6b,#0c6f8f);color:#fff;border:0}
.score b{font-size:64px;line-height:1;letter-spacing:-.04em;font-variant-numeric:tabular-nums}
.score span{opacity:.92}
.score dl{display:grid;grid-template-columns:1fr auto;gap:2px 14px;margin:18px 0 0;padding-top:14px;border-top:1px solid #ffffff40;font-size:14px}
.score dt{opacity:.86}.score dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:500;color:var(--soft);font-size:13px;text-align:right;padding:4px 10px 8px;border-bottom:1px solid var(--line)}
td{text-align:right;padding:8px 10px;border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
th:first-child,td:first-child{text-align:left;padding-left:0}
td:last-child,th:last-child{padding-right:0}
.chip{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:9px}
.bar{display:flex;align-items:center;gap:12px;min-width:210px}
.bar div{flex:1;height:9px;border-radius:5px;background:var(--line);overflow:hidden}
.bar div i{display:block;height:100%;border-radius:5px}
.bar b{min-width:46px;font-weight:600}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}
.small{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:16px}
.chart{padding:14px 16px 10px}
.chart figcaption{font-weight:600;font-size:14px;display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;margin-bottom:8px}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-weight:400;color:var(--soft);font-size:12.5px}
.legend i{display:inline-block;width:14px;height:3px;border-radius:2px;margin-right:6px;vertical-align:middle}
.chart svg{display:block;width:100%;height:auto}
.chart text{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
.grid{stroke:var(--line)}.axis{stroke:var(--soft);opacity:.6}
.strip rect{fill:transparent}.strip line{stroke:var(--soft);stroke-dasharray:3 3;opacity:0}
.strip:hover line{opacity:.9}
.none{color:var(--soft);padding:28px 0;text-align:center}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(330px,1fr));gap:16px}
.gallery figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden;box-shadow:var(--shade)}
.gallery img{display:block;width:100%;aspect-ratio:4/3;object-fit:contain;background:#0a0d11}
.gallery figcaption{padding:9px 14px;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
@media(max-width:860px){.top,.charts{grid-template-columns:minmax(0,1fr)}.gallery{grid-template-columns:minmax(0,1fr)}}
@media print{.gallery figure{box-shadow:none;break-inside:avoid}}
`;
