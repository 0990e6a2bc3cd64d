/** What the doctor's page has beyond the style that all pages share. */
export const doctorStyle = `
:root{--blocker:#c7323c;--warning:#b86a12;--note:#2f74e0;--ok:#0f9d76}
@media(prefers-color-scheme:dark){:root{--blocker:#ff7b82;--warning:#ffb067;--note:#6aa5ff;--ok:#35d0a2}}
main{max-width:980px}
.first{margin-top:26px;border-left:5px solid var(--blocker)}.first.whole{border-left-color:var(--ok)}
.first.doubt{border-left-color:var(--soft)}
.first h2{margin:0 0 4px;color:var(--blocker)}.first.whole h2{color:var(--ok)}.first.doubt h2{color:var(--ink)}
.first>p{font-size:17px;overflow-wrap:anywhere}
.counts{color:var(--soft);margin-top:14px}
.detail{margin:12px 0 0;display:grid;grid-template-columns:64px minmax(0,1fr);gap:8px 12px}
.detail dt{color:var(--soft);font-size:13px;padding-top:2px}.detail dd{margin:0;overflow-wrap:anywhere}
.detail pre.seen{user-select:auto}
.chain,.chain ul{list-style:none;margin:0;padding:0}
.chain>li{position:relative;padding:0 0 20px 30px}
.chain>li::before{content:"";position:absolute;left:4px;top:5px;width:13px;height:13px;border-radius:50%;background:var(--mark)}
.chain>li::after{content:"";position:absolute;left:10px;top:22px;bottom:0;width:1px;background:var(--line)}
.chain>li:last-child::after{display:none}
.chain h3{font-size:16px;margin:0}.chain h3 small{font-weight:400;color:var(--soft);font-size:13.5px;margin-left:8px}
.chain ul{margin:6px 0 0}.chain ul li{margin:2px 0;overflow-wrap:anywhere}
.chain ul ul{margin:6px 0 0 8px;padding-left:16px;border-left:1px dashed var(--soft)}
.chain .card{margin:8px 0}
.word{display:inline-block;min-width:70px;font-size:13px;font-weight:600;color:var(--mark)}
.id{color:var(--soft);font-size:12.5px}
.blocker{--mark:var(--blocker)}.warning{--mark:var(--warning)}.note-mark{--mark:var(--note)}.ok{--mark:var(--ok)}.dim{--mark:var(--soft)}
details summary{font-weight:400}
`;
