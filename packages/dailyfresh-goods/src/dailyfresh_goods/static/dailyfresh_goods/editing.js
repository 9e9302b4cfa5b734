/* Long texts are written as they will be read, by django-prose-editor; the page stays a plain form without it.
 * Its import map and its style element would be inline, which the policy forbids: the module is imported by its address here.
 * A text with parts that the editor does not know (nh3 may let more through) stays HTML, or they would be lost with the first key. */
document.addEventListener("DOMContentLoaded", async function () {
  "use strict";
  const first = document.querySelector("textarea[data-df-editor]");
  if (!first) { return; }
  const { editor: address, words, unknown } = JSON.parse(first.dataset.dfEditor);
  window.gettext = ((before) => (text) => words[text] || (before ? before(text) : text))(window.gettext);
  const kit = await import(address);
  const known = [
    kit.Document, kit.Dropcursor, kit.Gapcursor, kit.Paragraph, kit.HardBreak, kit.Text, kit.History, kit.HTML, kit.NoSpellCheck,
    kit.Heading.configure({ levels: [3, 4] }), kit.Bold, kit.Italic, kit.Underline, kit.Strike, kit.Link, kit.Blockquote,
    kit.BulletList, kit.OrderedList, kit.ListItem, kit.HorizontalRule, kit.Image, kit.Table, kit.TableRow, kit.TableHeader,
    kit.TableCell, kit.Menu,
  ];

  /* [how often each tag stands there with which attributes, all letters] */
  function parts(html) {
    const page = new DOMParser().parseFromString(html, "text/html"), counts = new Map();
    for (const one of page.body.querySelectorAll("*")) {
      const said = [...one.attributes].filter((each) => !["rel", "colspan", "rowspan"].includes(each.name));
      for (const part of [one.localName, ...said.map((each) => `${one.localName}[${each.name}=${each.value}]`)]) {
        counts.set(part, (counts.get(part) || 0) + 1);
      }
    }
    return [counts, page.body.textContent.replace(/\s+/g, "")];
  }

  /* The editor puts a paragraph into each item of a list. */
  function tight(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const one of page.body.querySelectorAll("li > p:first-child")) {
      if (!one.nextElementSibling || one.nextElementSibling.matches("ul, ol")) { one.replaceWith(...one.childNodes); }
    }
    return page.body.innerHTML;
  }

  function loses(before, after) {
    const [had, read] = parts(before), [has, reads] = parts(after);
    return read !== reads || [...had].some(([part, n]) => (has.get(part) || 0) < n);
  }

  function name(place) {
    for (const button of place.querySelectorAll(".prose-menubar__button")) {
      const said = words[button.getAttribute("aria-label")];
      if (said) { button.title = said; button.setAttribute("aria-label", said); }
    }
  }

  kit.initializeEditors((area) => {
    if (area.closest(".prose-editor")) { return; }
    const place = document.createElement("div"), label = area.labels && area.labels[0];
    place.className = "prose-editor";
    area.before(place);
    const editor = new kit.Editor({
      element: place, extensions: known, content: area.value, injectCSS: false,
      editorProps: { attributes: {
        role: "textbox", "aria-multiline": "true", "aria-label": label ? label.textContent.trim().split("\n")[0] : area.name,
        ...(area.lang ? { lang: area.lang } : {}),
      } },
      onUpdate({ editor: now }) { area.value = now.isEmpty ? "" : tight(now.getHTML()); },
    });
    if (loses(area.value, editor.getHTML())) {
      editor.destroy();
      place.className = "help df-unknown";
      place.textContent = unknown;
      return;
    }
    place.append(area);
    editor.on("create", () => name(place)); // the menu comes after this turn
  }, "textarea[data-df-editor], .df-translations textarea[name$=detail]");
});
