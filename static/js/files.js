// Says which files a field will send, each picture small. Drawn on a canvas, since our pages load pictures from our own address only.
"use strict";

(() => {
  const WIDTH = 192;

  async function thumbnail(file) {
    const picture = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "medium" });
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    canvas.setAttribute("aria-hidden", "true");
    picture.close();
    return canvas;
  }

  function size(bytes) {
    const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
    const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 });
    return format.format(amount);
  }

  function entry(file) {
    const item = document.createElement("li");
    const name = document.createElement("bdi");
    const weight = document.createElement("span");
    name.textContent = file.name;
    weight.textContent = size(file.size);
    weight.className = "hint";
    item.append(name, weight);
    // A file that only calls itself a picture keeps its line of text.
    if (file.type.startsWith("image/")) thumbnail(file).then((canvas) => item.prepend(canvas), () => {});
    return item;
  }

  document.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    const next = target.nextElementSibling;
    const list = next?.matches(".files") ? next : document.createElement("ul");
    list.className = "files";
    list.replaceChildren(...Array.from(target.files, entry));
    if (target.files.length) target.after(list);
    else list.remove();
  });
})();
