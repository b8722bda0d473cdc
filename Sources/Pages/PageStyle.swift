/// How pages look.
enum PageStyle {
    /// Blue and vermilion first, from Okabe and Ito's palette for colour-blind readers, with lighter tones on dark ground.
    static let css = """
        :root { --ground:#fafaf8; --card:#fff; --ink:#1c1c1e; --quiet:#66666c; --rule:#e3e3df; --accent:#0072b2; --warm:#a14a00;
          --c0:#0072b2; --c1:#d55e00; --c2:#009e73; --c3:#b0568a; --c4:#8a6d00; --c5:#444; }
        @media (prefers-color-scheme: dark) {
          :root { --ground:#141416; --card:#1c1c1f; --ink:#ececee; --quiet:#9d9da5; --rule:#2f2f34; --accent:#56b4e9; --warm:#ffb070;
            --c0:#56b4e9; --c1:#f0a23c; --c2:#2fc79b; --c3:#dd8fbd; --c4:#f0e442; --c5:#bbb; }
        }
        * { box-sizing:border-box; margin:0; padding:0 }
        body { background:var(--ground); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
          -webkit-text-size-adjust:100%; font-variant-numeric:tabular-nums }
        header, main, footer { max-width:1108px; margin:0 auto; padding:0 24px }
        header { padding-top:36px }
        section { margin-top:44px }
        h1 { font-size:26px; line-height:1.25; font-weight:650; letter-spacing:-.01em; overflow-wrap:anywhere }
        h2 { font-size:18px; font-weight:650; margin-bottom:14px }
        h3 { font-size:14px; font-weight:600 }
        small { font-size:13px; font-weight:400; color:var(--quiet) }
        .quiet { color:var(--quiet); max-width:72ch; margin-bottom:18px }
        .title { display:flex; flex-wrap:wrap; align-items:center; gap:6px 14px }
        .state { font-size:13px; font-weight:600; padding:2px 10px; border-radius:99px; border:1px solid var(--rule); color:var(--quiet) }
        .reason { margin-top:10px; max-width:72ch; overflow-wrap:anywhere }
        .state.running { color:var(--accent); border-color:currentColor }
        .bar { height:6px; margin:18px 0 20px; border-radius:3px; background:var(--rule); overflow:hidden }
        .bar div { height:100%; border-radius:3px; background:var(--accent) }
        .facts { display:flex; flex-wrap:wrap; gap:14px 40px }
        .facts dt { font-size:13px; color:var(--quiet) }
        .facts dd { font-size:17px; font-weight:550; white-space:nowrap }
        .warnings { border-left:3px solid var(--warm); padding-left:16px }
        .warnings h2 { font-size:15px; margin-bottom:4px; color:var(--warm) }
        .warnings ul { list-style:none } .warnings li { overflow-wrap:anywhere }
        img { display:block; width:100%; height:auto; border-radius:3px; background:var(--rule) }
        img.pixels { image-rendering:pixelated; border-radius:0 }
        figcaption { font-size:13px; color:var(--quiet); margin-top:5px }
        .rows { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,calc(var(--n)*200px)),1fr)); gap:22px 32px }
        .tables { display:flex; flex-wrap:wrap; gap:22px 44px } .tables > * { max-width:100% }
        .row { display:grid; grid-template-columns:repeat(var(--n),minmax(0,1fr)); gap:12px; align-items:end }
        table.history { table-layout:fixed; width:min(100%,calc(var(--n)*102px)); min-width:calc(var(--n)*68px) }
        .history th, .history td { padding:3px; text-align:center } .history thead th { font-size:11px; line-height:1.3 }
        .history td:first-child, .history thead th:first-child { position:sticky; left:0; background:var(--ground); padding-left:0 }
        table.history tbody tr { border:0; font-weight:400 } .history .kind th { text-align:left; font-size:13px; padding:10px 0 2px; font-weight:600 }
        section h3 { margin-top:26px } h1 + .facts { margin-top:14px } .scroll + .quiet { margin-top:12px }
        .charts { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr)); gap:20px }
        .chart { background:var(--card); border:1px solid var(--rule); border-radius:8px; padding:16px 18px 12px 14px; min-width:0;
          display:flex; flex-direction:column }
        .chart figcaption { display:flex; flex-wrap:wrap; justify-content:space-between; gap:2px 18px; margin:0 0 12px; color:var(--ink) }
        .chart h3 { margin:0 }
        .legend { list-style:none; display:flex; flex-wrap:wrap; gap:0 16px }
        .legend i, th i { display:inline-block; width:14px; height:3px; border-radius:2px; margin-right:6px; vertical-align:middle;
          background:currentColor }
        .legend b { font-weight:600 }
        .plot { position:relative; height:236px; margin-top:auto; padding:6px 6px 24px 44px }
        .plot svg { display:block; width:100%; height:100%; overflow:visible }
        .plot path { fill:none; stroke:currentColor; vector-effect:non-scaling-stroke; stroke-linejoin:round; stroke-linecap:round }
        .plot .grid { color:var(--rule); stroke-width:1 }
        .plot path.mark { color:var(--quiet); stroke-width:1; stroke-dasharray:3 4 } .plot .dot { stroke-width:10 }
        .plot .top span { position:absolute; top:0; padding:0 5px; white-space:nowrap; background:var(--card) }
        .plot .line.dashed { stroke-dasharray:7 5 }
        .plot .single { stroke-width:3; opacity:.34 } .plot .point { stroke-width:7 } .plot .line { stroke-width:2.2 }
        .chart .remark { font-size:13px; color:var(--quiet); margin:-8px 0 8px }
        .c0 { color:var(--c0) } .c1 { color:var(--c1) } .c2 { color:var(--c2) } .c3 { color:var(--c3) } .c4 { color:var(--c4) } .c5 { color:var(--c5) }
        .plot .y, .plot .x, .plot .top, .plot .note { position:absolute; font-size:12px; line-height:1; color:var(--quiet) }
        .plot .y { left:0; top:6px; bottom:24px; width:36px } .plot .x, .plot .top { left:44px; right:6px } .plot .x { bottom:0; height:14px } .plot .top { top:6px }
        .plot .y span { position:absolute; right:0; transform:translateY(50%) }
        .plot .x span { position:absolute; transform:translateX(-50%) }
        .plot .note { right:6px; top:2px; padding:3px 0 3px 6px; background:var(--card) }
        .scroll { overflow-x:auto } .charts + .scroll { margin-top:24px }
        table { border-collapse:collapse; font-size:14px }
        th, td { text-align:right; font-weight:400; padding:5px 0 5px 26px; white-space:nowrap }
        thead th { color:var(--quiet); font-size:13px } tbody tr { border-top:1px solid var(--rule) }
        tbody th { text-align:left; padding-left:0 } tbody tr:first-child { font-weight:600 } tbody tr:first-child th { font-weight:600 }
        .runs .text { text-align:left } .runs td.text { white-space:normal; overflow-wrap:anywhere; min-width:190px; max-width:44ch }
        .runs tbody tr:first-child th, .pictures tbody tr:first-child th { font-weight:400 }
        .notes { color:var(--quiet) } .notes ul { margin:8px 0 0 18px } .notes li { overflow-wrap:anywhere }
        .gallery { width:calc(140px + var(--n)*260px); max-width:max(100%,calc(140px + var(--n)*120px)) } details { margin-top:14px } summary { cursor:pointer }
        .pictures { table-layout:fixed } .pictures th, .pictures td { padding:4px 5px; text-align:left; vertical-align:top; white-space:normal }
        .pictures td { width:var(--w) } .pictures tbody tr { border:0 } .pictures tbody th { width:104px; color:var(--quiet); font-size:13px }
        .pairs { display:grid; grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr)); gap:26px 22px; align-items:start; margin-top:24px }
        .pair { position:relative; overflow:hidden; border-radius:3px; outline-offset:3px } .pair img { border-radius:0 }
        .pair:focus-within { outline:3px solid var(--accent) }
        .pair .over { position:absolute; inset:0; height:100%; clip-path:inset(0 0 0 var(--cut)) }
        .pair i { position:absolute; top:0; bottom:0; left:var(--cut); width:2px; margin-left:-1px; background:#fff; box-shadow:0 0 3px #000 }
        .pair input { position:absolute; inset:0; width:100%; height:100%; margin:0; opacity:0; cursor:ew-resize }
        .settings { columns:340px 3; column-gap:44px; font-size:14px }
        .settings div { display:flex; justify-content:space-between; gap:16px; padding:4px 0; border-bottom:1px solid var(--rule);
          break-inside:avoid }
        .settings dt { color:var(--quiet) } .settings dd { text-align:right; overflow-wrap:anywhere; min-width:0 }
        footer { padding-top:44px; padding-bottom:36px; font-size:13px; color:var(--quiet) }
        @media (max-width:640px) {
          header, main, footer { padding-left:16px; padding-right:16px } header { padding-top:22px }
          section { margin-top:34px } h1 { font-size:22px }
          .facts { display:grid; grid-template-columns:1fr 1fr; gap:10px 16px }
          .rows { grid-template-columns:minmax(0,1fr) } .row { grid-template-columns:repeat(var(--m),minmax(0,1fr)) }
          .plot { height:200px } .facts dd { white-space:normal; overflow-wrap:anywhere }
          .pictures, .pictures tbody { display:block; width:100% } .pictures thead td { display:none }
          .pictures tr { display:grid; grid-template-columns:repeat(var(--n),minmax(72px,1fr)) } .pictures tbody th { grid-column:1/-1; width:auto }
          .pictures td { width:auto } .tables { display:block } .tables > * + * { margin-top:22px }
        }
        """
}
