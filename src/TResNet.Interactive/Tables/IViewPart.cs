namespace TResNet.Interactive.Tables;

/// <summary>What stands in a <see cref="View"/> beside charts and sentences: a table, pictures, a tree of layers, a diagram.</summary>
internal interface IViewPart
{
    /// <summary>Whether it has no text of its own, since its numbers are in the tables beside it.</summary>
    bool IsPicture => false;

    /// <summary>The part as HTML, without the style sheet that the view brings.</summary>
    string ToInnerHtml();
}
