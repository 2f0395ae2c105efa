namespace Notebook;

/// <summary>Something on show below a cell. Updating it replaces the old picture in place, as <c>update_display_data</c> does.</summary>
public interface IDisplayedValue
{
    /// <summary>Replaces what is shown.</summary>
    /// <param name="value">The new value; its type may differ from the old one's.</param>
    void Update(object value);
}
