/* Decodes the part of a JPEG that a crop needs, by the API of libjpeg-turbo (libjpeg.txt, "Partial image decompression"), which libturbojpeg 2 hides:
   what lies above is read but not computed, nor what lies beside, and what lies below is not read. */

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#if !defined(LIBJPEG_TURBO_VERSION_NUMBER) || LIBJPEG_TURBO_VERSION_NUMBER < 2001000
#error "libjpeg-turbo 2.1 or later is needed"
#endif

enum { ROWS_AT_ONCE = 4 };

struct errors {
  struct jpeg_error_mgr manager;
  jmp_buf give_up;
};

static void give_up(j_common_ptr decoder) { longjmp(((struct errors *)decoder->err)->give_up, 1); }

/* A warning is the caller's affair, too: it decodes the whole image then, which says what is wrong. */
static void on_message(j_common_ptr decoder, int level) {
  if (level < 0) {
    give_up(decoder);
  }
}

/* Whether the image ends as it should behind the rows that were not read: between them, only restarts are allowed. */
static int has_end(const unsigned char *at, const unsigned char *end) {
  while (at < end && (at = memchr(at, 0xFF, (size_t)(end - at))) != NULL && ++at < end) {
    if (*at == JPEG_EOI) {
      return 1;
    }
    if (*at != 0 && *at != 0xFF && (*at & ~7) != JPEG_RST0) {
      return 0;
    }
  }
  return 0;
}

/* Decodes columns left to left + width and rows top to bottom of the image at 1 / divisor, as RGB without gaps. `left` has to lie where a unit of the
   file begins. Returns 1, or 0 where the whole image has to be decoded to know what it is like. */
__attribute__((visibility("default"))) int tresnet_jpeg_part(
    const unsigned char *file,
    size_t length,
    unsigned divisor,
    unsigned left,
    unsigned top,
    unsigned width,
    unsigned bottom,
    unsigned char *pixels) {
  struct jpeg_decompress_struct decoder;
  struct errors errors;
  memset(&decoder, 0, sizeof decoder);
  decoder.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = give_up;
  errors.manager.emit_message = on_message;
  if (setjmp(errors.give_up)) {
    jpeg_destroy_decompress(&decoder);
    return 0;
  }

  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, file, length);
  jpeg_read_header(&decoder, TRUE);
  decoder.scale_num = 1;
  decoder.scale_denom = divisor;
  decoder.out_color_space = JCS_RGB;
  /* Several scans are read before the first row is made, and their warnings may wait for the last. */
  if (jpeg_has_multiple_scans(&decoder)) {
    give_up((j_common_ptr)&decoder);
  }

  jpeg_start_decompress(&decoder);
  JDIMENSION first = left, columns = width;
  if (top >= bottom || bottom > decoder.output_height || columns > decoder.output_width || first > decoder.output_width - columns) {
    give_up((j_common_ptr)&decoder);
  }
  jpeg_crop_scanline(&decoder, &first, &columns);
  if (first != left || columns != width || (top > 0 && jpeg_skip_scanlines(&decoder, top) != top)) {
    give_up((j_common_ptr)&decoder);
  }

  while (decoder.output_scanline < bottom) {
    JSAMPROW rows[ROWS_AT_ONCE];
    JDIMENSION count = bottom - decoder.output_scanline;
    count = count < ROWS_AT_ONCE ? count : ROWS_AT_ONCE;
    for (JDIMENSION i = 0; i < count; i++) {
      rows[i] = pixels + (size_t)(decoder.output_scanline - top + i) * width * 3;
    }
    jpeg_read_scanlines(&decoder, rows, count);
  }

  int whole = 1;
  if (bottom == decoder.output_height) {
    jpeg_finish_decompress(&decoder);
  } else {
    whole = decoder.unread_marker == JPEG_EOI || has_end(decoder.src->next_input_byte, decoder.src->next_input_byte + decoder.src->bytes_in_buffer);
  }
  jpeg_destroy_decompress(&decoder);
  return whole;
}
