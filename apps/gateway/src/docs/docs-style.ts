/** Style of the documentation page; its colours are those of the other pages. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f3f5f6;--surface:#fff;--ink:#14181d;--ink-2:#565f6a;--line:#14181d1a;--link:#b83a05;--get:#0b67a8;--post:#0a7f63;--put:#8a5a00;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--page:#0f1418;--surface:#161c22;--ink:#eef2f5;--ink-2:#a3adb8;--line:#ffffff1f;--link:#ff9562;--get:#64b5f0;--post:#35d6a6;--put:#ffcf80;--delete:#ff8a80}}
*{box-sizing:border-box}
html{scroll-padding-top:64px}
body{margin:0;background:var(--page);color:var(--ink);font:400 16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
header,main{max-width:960px;margin:0 auto;padding:0 16px}
header{padding-top:32px}
h1{margin:0;font-size:28px;line-height:1.2;letter-spacing:-.02em}
h2{margin:32px 0 12px;font-size:19px;letter-spacing:-.01em}
header p{margin:8px 0 0;max-width:68ch;color:var(--ink-2)}
a{color:var(--link);text-underline-offset:3px}
code,.path,.method{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.documents{display:flex;gap:8px}
.documents a{display:inline-flex;align-items:center;min-height:44px;padding:0 16px;border:1px solid var(--line);border-radius:10px;background:var(--surface);color:var(--ink);font-weight:600;text-decoration:none}
nav{position:sticky;top:0;z-index:1;display:flex;gap:4px;max-width:960px;margin:16px auto 0;padding:4px 8px;overflow-x:auto;background:var(--page);border-bottom:1px solid var(--line);scrollbar-width:none}
nav a{flex:none;display:inline-flex;align-items:center;min-height:44px;padding:0 8px;color:var(--ink-2);font-size:14px;text-decoration:none;white-space:nowrap}
nav a:hover{color:var(--ink)}
details,.code{background:var(--surface);border:1px solid var(--line);border-radius:12px}
details{margin-bottom:8px}
summary{display:grid;grid-template-columns:64px minmax(0,1fr);gap:2px 8px;align-items:baseline;padding:12px 40px 12px 16px;cursor:pointer;list-style:none;border-radius:12px}
summary::-webkit-details-marker{display:none}
.method{font-weight:700;color:var(--get)}
.post{color:var(--post)}.put,.patch{color:var(--put)}.delete{color:var(--delete)}
.path{font-weight:600;overflow-wrap:anywhere}
.text{grid-column:2;color:var(--ink-2);font-size:14px}
details dl{margin:0;padding:4px 16px 12px;border-top:1px solid var(--line);font-size:14px}
details dl div{display:grid;grid-template-columns:64px minmax(0,1fr);gap:8px;padding:6px 0}
dt{color:var(--ink-2)}
dd{margin:0;overflow-wrap:anywhere}
dd a{display:inline-block;margin-right:6px;padding:3px 0;font-size:13px}
summary{position:relative}
summary::after{content:'';position:absolute;right:18px;top:18px;width:7px;height:7px;border:solid var(--ink-2);border-width:0 2px 2px 0;transform:rotate(45deg)}
[open]>summary::after{top:22px;transform:rotate(225deg)}
summary:hover .path{text-decoration:underline;text-underline-offset:3px}
main>section>dl{margin:0;display:grid;gap:8px}
.code{padding:10px 16px}
.code dt{color:var(--ink);font-weight:600}
.code:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
small{display:block;color:var(--ink-2);font-size:13px}
main{padding-bottom:64px}
@media(min-width:720px){.text{grid-column:auto}summary{grid-template-columns:64px minmax(0,1fr) minmax(0,1fr)}.code{display:grid;grid-template-columns:240px 1fr;gap:8px}}
`;
