// SPDX-License-Identifier: MIT
import CPoppler
import LibraryModel

/// One page of a PDF, as it is to be seen: within its crop box, and turned.
struct PDFPage {
    /// Dots per inch at which a page counts as a picture: it has no pixels of its own.
    private static let resolution = 150.0

    /// The longest side of a drawing in pixels, whatever size is asked for.
    private static let sideLimit = 5000.0

    private let handle: Handle
    private let document: PDFDocument

    private final class Handle {
        let page: OpaquePointer

        init(_ page: OpaquePointer) {
            self.page = page
        }

        deinit {
            g_object_unref(UnsafeMutableRawPointer(page))
        }
    }

    init(_ page: OpaquePointer, of document: PDFDocument) {
        handle = Handle(page)
        self.document = document
    }

    /// Width and height in pixels; throws where it has none that a page can have.
    func size() throws(Finding) -> PageAnalysis.Size {
        let points = try measure()
        return PageAnalysis.Size(width: Self.pixels(points.width), height: Self.pixels(points.height))
    }

    private func measure() throws(Finding) -> (width: Double, height: Double) {
        var width = 0.0
        var height = 0.0
        poppler_page_get_size(handle.page, &width, &height)
        guard width.isFinite, height.isFinite, width > 0, height > 0 else {
            throw Finding(.imageCorrupt, "has no size")
        }
        // 30,000 points are twice what the format allows.
        guard max(width, height) <= 30_000 else {
            throw Finding(.bomb, "claims to be \(Int(min(width, 1e9))) × \(Int(min(height, 1e9))) points large")
        }
        return (width, height)
    }

    private static func pixels(_ points: Double) -> Int {
        max(1, Int((points * resolution / 72).rounded()))
    }

    /// The page on white paper, drawn at the size that is asked for and never larger.
    ///
    /// Throws what poppler complains of where nothing but paper came out.
    func drawn(_ settings: ThumbnailSettings) throws(Finding) -> Canvas {
        let size = try size()
        let target = settings.target(width: size.width, height: size.height)
        let excess = max(1, Double(max(target.width, target.height)) / Self.sideLimit)
        let canvas = try Canvas(
            width: max(1, Int(Double(target.width) / excess)),
            height: max(1, Int(Double(target.height) / excess))
        )
        let complaints = try draw(on: canvas)
        if let complaint = complaints.errors.first, canvas.isBlank {
            throw Finding(.imageCorrupt, "cannot be drawn: \(complaint)")
        }
        return canvas
    }

    /// Fills the canvas, and answers what poppler complained of.
    func draw(on canvas: Canvas) throws(Finding) -> PopplerLibrary.Complaints {
        let points = try measure()
        _ = PopplerLibrary.takeComplaints()
        let pixels = canvas.pixels.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let surface = cairo_image_surface_create_for_data(
            pixels,
            CAIRO_FORMAT_ARGB32,
            Int32(canvas.width),
            Int32(canvas.height),
            Int32(canvas.stride)
        )
        defer { cairo_surface_destroy(surface) }
        let pen = cairo_create(surface)
        cairo_set_source_rgb(pen, 1, 1, 1)
        cairo_paint(pen)
        cairo_scale(pen, Double(canvas.width) / points.width, Double(canvas.height) / points.height)
        poppler_page_render(handle.page, pen)
        let status = cairo_status(pen)
        cairo_destroy(pen)
        cairo_surface_flush(surface)
        if status == CAIRO_STATUS_NO_MEMORY { throw Canvas.outOfMemory }
        guard status == CAIRO_STATUS_SUCCESS else {
            throw Finding(.imageCorrupt, "cannot be drawn: \(String(cString: cairo_status_to_string(status)))")
        }
        return PopplerLibrary.takeComplaints()
    }
}

extension Canvas {
    /// Whether it is white all over.
    fileprivate var isBlank: Bool {
        pixels.allSatisfy { $0 == 0xFF }
    }
}
