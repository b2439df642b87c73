// A photo from the camera is made smaller before it travels: as long as the server keeps it, so that nothing is lost but bytes.
"use strict";

(() => {
  const LONGEST_EDGE = 1600;
  const QUALITY = 0.85;
  const PREVIEW = 192;
  const ACCEPTED = new Set(["image/jpeg", "image/png", "image/webp"]);

  function drawn(picture, longest) {
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  function preview(input, picture) {
    const image = new Image(96, 96);
    image.className = "preview";
    image.alt = "";
    image.src = picture ? drawn(picture, PREVIEW).toDataURL("image/jpeg", QUALITY) : "";
    input.parentElement.querySelector(".preview")?.remove();
    if (picture) input.after(image);
  }

  async function shrink(input) {
    const [photo] = input.files;
    if (!photo) return preview(input, null);
    let picture;
    try {
      picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
    } catch {
      return preview(input, null); // the server says what is wrong with it
    }
    if (input.files[0] !== photo) return;
    preview(input, picture);
    const smaller = await new Promise((resolve) => drawn(picture, LONGEST_EDGE).toBlob(resolve, "image/jpeg", QUALITY));
    if (!smaller || input.files[0] !== photo || (ACCEPTED.has(photo.type) && smaller.size >= photo.size)) return;
    const files = new DataTransfer();
    files.items.add(new File([smaller], "photo.jpg", { type: "image/jpeg" }));
    input.files = files.files;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.('input[type="file"][capture]')) shrink(event.target);
  });
})();
